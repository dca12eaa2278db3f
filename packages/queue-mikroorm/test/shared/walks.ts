/** Five walks for each seed of everything; every run takes the same ones first. */
export const walks = Array.from({ length: 5 * Number(process.env.GOPLATE_TEST_SEEDS ?? 1) }, (_, seed) => seed)
