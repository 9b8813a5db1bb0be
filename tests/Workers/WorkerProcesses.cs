namespace ConnectorPlatform.Tests.Workers;

/// <summary>Tests that count worker processes: one after the other, and nobody else's at the same time.</summary>
[CollectionDefinition(nameof(WorkerProcesses), DisableParallelization = true)]
public sealed class WorkerProcesses;
