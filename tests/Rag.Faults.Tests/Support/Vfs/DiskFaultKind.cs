namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>Kinds of faults.</summary>
internal enum DiskFaultKind
{
    /// <summary>The operation fails as EIO does; of a write some bytes may have arrived.</summary>
    Error,

    /// <summary>The operation fails as ENOSPC does, where it needs space.</summary>
    Full,

    /// <summary>The power is cut during the operation: it and all later ones fail, and what was not flushed is up to chance.</summary>
    PowerLoss,
}
