using System.Globalization;

namespace Rag;

/// <summary>A named limit was passed. The limit is an option; raising it is the caller's to decide.</summary>
public sealed class LimitExceededException : RagException
{
    /// <summary>Creates the exception with a sentence made of its parts.</summary>
    /// <param name="limitName">The option that holds the limit, such as "MaxInflatedBytes".</param>
    /// <param name="limit">Its value.</param>
    /// <param name="seen">What was met, at least.</param>
    /// <param name="location">The file or document concerned.</param>
    /// <param name="innerException">What led to it.</param>
    public LimitExceededException(string limitName, long limit, long seen, string? location = null, Exception? innerException = null)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"{location ?? "The input"} passes the limit {limitName} of {limit:N0} (seen: {seen:N0}); raise that option if the input can be trusted."),
            location,
            innerException)
    {
        LimitName = limitName;
        Limit = limit;
        Seen = seen;
    }

    /// <summary>The option that holds the limit.</summary>
    public string LimitName { get; }

    /// <summary>The limit's value.</summary>
    public long Limit { get; }

    /// <summary>What was met, at least.</summary>
    public long Seen { get; }
}
