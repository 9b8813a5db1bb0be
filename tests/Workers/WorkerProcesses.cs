namespace ConnectorPlatform.Tests.Workers;

/// <summary>Tests that count this process's handles or measure its memory: one after the other, and no others at the same time.</summary>
[CollectionDefinition(nameof(WorkerProcesses), DisableParallelization = true)]
public sealed class WorkerProcesses;
