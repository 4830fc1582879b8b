namespace Rag;

/// <summary>Content is sound but cannot be handled here: a format, a feature, a program that is not installed.</summary>
public sealed class UnsupportedException : RagException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The sentence; says what would help.</param>
    /// <param name="location">The file or document concerned.</param>
    /// <param name="innerException">What led to it.</param>
    public UnsupportedException(string message, string? location = null, Exception? innerException = null)
        : base(message, location, innerException)
    {
    }
}
