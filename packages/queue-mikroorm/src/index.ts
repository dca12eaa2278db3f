export { queueExtension, type QueueExtensionOptions } from './extension.ts'
export { QueueJob } from './queue-job.ts'
