import type { ExportFormat, ExportRun, Written } from './format.ts';

export const svg: ExportFormat = {
  name: 'svg',
  about: 'the space-time diagram as a picture',
  opens: 'any browser',
  limit: { of: 'events', most: 5000 },
  skip: [],
  // eslint-disable-next-line require-yield
  *write(_run: ExportRun): Generator<string, Written, void> {
    throw new Error('not yet');
  },
};
