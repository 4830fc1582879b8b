namespace Rag;

/// <summary>Something needed could not be reached or opened: the network, a file, a lock that another process holds.</summary>
public sealed class UnavailableException : RagException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The sentence; says what was tried.</param>
    /// <param name="location">The URI or file concerned.</param>
    /// <param name="innerException">What led to it.</param>
    public UnavailableException(string message, string? location = null, Exception? innerException = null)
        : base(message, location, innerException)
    {
    }
}
