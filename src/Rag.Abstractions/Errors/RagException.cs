namespace Rag;

/// <summary>
/// Something outside the program was not as it had to be. The message is a sentence that says what was found, where, and
/// what to do; mistakes of the calling code throw the exceptions of the base library instead.
/// </summary>
public abstract class RagException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="location">The file, URI or document concerned, where there is one.</param>
    /// <param name="innerException">What led to it.</param>
    protected RagException(string message, string? location, Exception? innerException)
        : base(message, innerException) => Location = location;

    /// <summary>The file, URI or document concerned, where there is one.</summary>
    public string? Location { get; }
}
