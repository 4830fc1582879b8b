namespace Rag;

/// <summary>Two things do not belong together, such as an index and an embedding model other than the one it was built with.</summary>
public sealed class IncompatibleException : RagException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The sentence; names both sides.</param>
    /// <param name="location">The index or model folder concerned.</param>
    /// <param name="innerException">What led to it.</param>
    public IncompatibleException(string message, string? location = null, Exception? innerException = null)
        : base(message, location, innerException)
    {
    }
}
