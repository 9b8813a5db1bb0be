namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What a frame says. H: sent by the host, W: by the worker. The numbers are the protocol's; never give one another meaning.</summary>
internal enum FrameKind : byte
{
    /// <summary>W: the worker is up; carries the protocol's version and the process id.</summary>
    Ready = 1,

    /// <summary>H: load this package; answered by <see cref="Loaded"/> or <see cref="Error"/>.</summary>
    Load = 2,

    /// <summary>W: the package's code is loaded.</summary>
    Loaded = 3,

    /// <summary>H: begin an operation, see <see cref="WorkerOperation"/>; ended by <see cref="End"/> or <see cref="Error"/>.</summary>
    Begin = 4,

    /// <summary>W: records, see <see cref="BatchWriter"/>.</summary>
    Batch = 5,

    /// <summary>H: one more batch may be sent.</summary>
    Credit = 6,

    /// <summary>H: cancel the operation; it is then ended by <see cref="Error"/>.</summary>
    Cancel = 7,

    /// <summary>W: a line for the run's log, a warning or progress.</summary>
    Report = 8,

    /// <summary>W: may a request begin? Answered by <see cref="Permit"/>.</summary>
    Ask = 9,

    /// <summary>H: the request of that number may begin.</summary>
    Permit = 10,

    /// <summary>W: the request of that number has ended.</summary>
    Release = 11,

    /// <summary>H: are you there? Answered from a thread that no connector can block.</summary>
    Ping = 12,

    /// <summary>W: I am.</summary>
    Pong = 13,

    /// <summary>W: the operation failed.</summary>
    Error = 14,

    /// <summary>W: the operation is complete; carries its result.</summary>
    End = 15,

    /// <summary>W: the source refuses the credentials; are there others? Answered by <see cref="Renewed"/>.</summary>
    Renew = 16,

    /// <summary>H: others, or why there are none.</summary>
    Renewed = 17,

    /// <summary>W: a <see cref="Load"/> or <see cref="Begin"/> has arrived. A worker that ends before it has done nothing of it.</summary>
    Begun = 18,
}

/// <summary>One message between host and worker: four bytes of length (little endian, of what follows), one of kind, the payload.</summary>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Payload)
{
    public const int ProtocolVersion = 2;

    /// <summary>Larger frames are refused on both sides: a record of a gigabyte must not become the host's.</summary>
    public const int LargestPayload = 64 * 1024 * 1024;

    public const int HeaderSize = 5;
}
