/** Text made safe for HTML, in content and in quoted attributes. */
export function text(value: string): string {
  return value.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
