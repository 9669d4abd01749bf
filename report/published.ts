/** What others have published about how soon their tools find a bug of ZooKeeper. Time is wall time on their machines. */
export interface Published {
  readonly bug: string;
  readonly tool: string;
  readonly time: string;
  /** Steps of the shortest counterexample, at their granularity. */
  readonly depth: string;
  readonly states: string;
}

/** Sources: Remix, EuroSys 2025, table 4 (TLC, breadth first, mixed-grained specifications of v3.9.1, 3 servers);
 *  zookeeper-tla-spec, test specifications (TLC, 3.00 GHz, 6 cores, 16 GB; 3 servers, 2 transactions, 4 crashes, 4
 *  partitions), breadth first (`TLC`) and random walks (`TLC simulation`); SandTable, EuroSys 2024, table 2 (breadth first,
 *  v3.4.3, 3.5 GHz, 10 cores, 64 GB). Where a tool has several invariants, the fastest is here. */
export const PUBLISHED: readonly Published[] = [
  { bug: 'ZOOKEEPER-4394', tool: 'Remix', time: '9 s', depth: '20', states: '14,264' },
  { bug: 'ZOOKEEPER-4643', tool: 'Remix', time: '17 s', depth: '21', states: '208,018' },
  { bug: 'ZOOKEEPER-4646', tool: 'Remix', time: '109 s', depth: '21', states: '2,880,498' },
  { bug: 'ZOOKEEPER-4685', tool: 'Remix', time: '10 s', depth: '12', states: '67,418' },
  { bug: 'ZOOKEEPER-4712', tool: 'Remix', time: '11 s', depth: '13', states: '73,293' },
  { bug: 'ZOOKEEPER-2845', tool: 'TLC', time: '12 s', depth: '10', states: '6,347' },
  { bug: 'ZOOKEEPER-3911', tool: 'TLC', time: '42 s', depth: '14', states: '286,286' },
  { bug: 'ZOOKEEPER-4643', tool: 'TLC', time: '69 s', depth: '16', states: '847,683' },
  { bug: 'ZOOKEEPER-4646', tool: 'TLC', time: '26 s', depth: '14', states: '188,076' },
  { bug: 'ZOOKEEPER-4685', tool: 'TLC', time: '20 s', depth: '14', states: '75,833' },
  { bug: 'ZOOKEEPER-2845', tool: 'TLC simulation', time: '2-3 s', depth: '20-23', states: '29,560-32,142' },
  { bug: 'ZOOKEEPER-3911', tool: 'TLC simulation', time: '89-95 s', depth: '25-39', states: '544,820-626,002' },
  { bug: 'ZOOKEEPER-4643', tool: 'TLC simulation', time: '74-94 s', depth: '27-37', states: '535,250-648,068' },
  { bug: 'ZOOKEEPER-4646', tool: 'TLC simulation', time: '100-125 s', depth: '23-38', states: '652,808-699,174' },
  { bug: 'ZOOKEEPER-4685', tool: 'TLC simulation', time: '19 s', depth: '31', states: '160,996' },
  { bug: 'ZOOKEEPER-1419', tool: 'SandTable', time: '240 s', depth: '41', states: '7,625,160' },
];
