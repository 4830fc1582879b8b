namespace Rag.Testing;

/// <summary>An index did not do what every index must.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A sentence: what was to be, and what was.</param>
    public ConformanceException(string message)
        : base(message)
    {
    }
}
