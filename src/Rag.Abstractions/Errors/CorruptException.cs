namespace Rag;

/// <summary>Content breaks the rules of its own format: damaged, truncated, or made to deceive.</summary>
public sealed class CorruptException : RagException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="location">The file or document concerned.</param>
    /// <param name="offset">Byte offset of the fault, where it is known.</param>
    /// <param name="innerException">What led to it.</param>
    public CorruptException(string message, string? location = null, long? offset = null, Exception? innerException = null)
        : base(message, location, innerException) => Offset = offset;

    /// <summary>Byte offset of the fault, where it is known.</summary>
    public long? Offset { get; }
}
