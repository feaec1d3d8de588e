using Xunit;

// Two cores, and most tests wait for packets: a few classes at once, the heavy ones alone at the end.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
