namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// Texts whose quotes are of given sources, to the letter: free text and quotes between marks, or a refusal. Within a quote no token is
/// allowed whose bytes do not go on as one of the sources does, however the model cuts text into tokens; each quote begins and ends between two
/// graphemes, between two words unless the options say otherwise, and is closed before the budget of tokens is spent. Made for one request: it holds
/// the sources, and no other constraint knows of them. Thread-safe.
/// </summary>
/// <remarks>
/// <para>A quote that has more than one place among the sources is of the first source that holds it, at its first place there; how many places it has
/// is said with it (<see cref="FoundQuote"/>); with <see cref="QuoteConstraintOptions.Reference"/> it is of the source that the text names. The first closing mark behind an opening mark closes the quote, so that a text has one reading, and
/// <see cref="Find"/> gives of the whole text what a <see cref="QuoteTracker"/> gives as it is written.</para>
/// <para>Compiling takes time in proportion to the sources, whatever they hold, and keeps about two bytes for each of theirs, nine without whole words.</para>
/// </remarks>
public sealed class QuoteConstraint : TextConstraint
{
    private QuoteConstraint(QuoteMachine machine)
        : base(machine.HasText ? new QuoteState(machine, machine.Start) : null, "Without a refusal and with nothing in the sources that is long enough to be quoted, the constraint") =>
        Machine = machine;

    internal QuoteMachine Machine { get; }

    /// <summary>Compiles the sources of one request.</summary>
    /// <param name="sources">What may be quoted, in the order in which they are searched. May be none where a text without quotes is allowed.</param>
    /// <param name="options">Marks, lengths, limits; null for the defaults. Not looked at again.</param>
    /// <exception cref="ArgumentException">An option is out of range, two sources have one id, or no text at all is allowed: nothing can be quoted, a quote is required and there is no refusal.</exception>
    /// <exception cref="LimitExceededException">There are more or longer sources than the options allow.</exception>
    public static QuoteConstraint Create(IEnumerable<QuoteSource> sources, QuoteConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        options ??= new QuoteConstraintOptions();
        options.Validate();
        List<QuoteSource> taken = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        long characters = 0;
        foreach (QuoteSource source in sources)
        {
            ArgumentNullException.ThrowIfNull(source, nameof(sources));
            ArgumentNullException.ThrowIfNull(source.Id, nameof(sources));
            ArgumentNullException.ThrowIfNull(source.Text, nameof(sources));
            if (taken.Count == options.MaxSources)
            {
                throw new LimitExceededException(nameof(QuoteConstraintOptions.MaxSources), options.MaxSources, taken.Count + 1, "The list of sources");
            }

            characters += source.Text.Length;
            if (characters > options.MaxSourceCharacters)
            {
                throw new LimitExceededException(nameof(QuoteConstraintOptions.MaxSourceCharacters), options.MaxSourceCharacters, characters, "The sources' text");
            }

            if (!ids.Add(source.Id))
            {
                throw new ArgumentException($"Two sources have the id '{source.Id}', so that a quote could not say which one it is of.", nameof(sources));
            }

            taken.Add(source);
        }

        return new QuoteConstraint(new QuoteMachine([.. taken], options));
    }

    /// <summary>Follows a text as it is written.</summary>
    public QuoteTracker Track() => new(Machine);

    /// <summary>The quotes of a text, in its order; of one that breaks the constraint those before it does.</summary>
    /// <param name="text">The whole text.</param>
    public IReadOnlyList<FoundQuote> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        QuoteTracker tracker = Track();
        tracker.Append(text);
        return tracker.Quotes;
    }
}
