import manifest from '../package.json' with { type: 'json' };

/** This zabsim: a trace or a report of another one is refused. */
export const VERSION: string = manifest.version;
