using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Spans;

/// <summary>
/// Finds among all spans of some sources the one that a model finds most probable as its whole answer to a prompt: exact-extract (Castel, Ram, Efrat and Levy,
/// "How Optimal is Greedy Decoding for Extractive Question Answering?", arXiv 2108.05857). Exact: no other span has a higher log-probability, but for rounding.
/// From <see cref="LocalChatClient"/>'s <c>GetService</c>; thread-safe, and a request takes one of the client's sessions like any other.
/// </summary>
/// <remarks>
/// <para>A span's tokens are those of the source's text from its first character on, tokenised as the beginning of an answer and not as they stand within the
/// source: there the first word would nearly always carry a space that an answer does not begin with, or the other way round, which
/// <see cref="SpanExtractionOptions.BothSpacings"/> tries. A span ends where one of these tokens does, and in it the model's own way to cut text into
/// tokens is taken for the only one. Its probability is that of its tokens and then of any token that ends the model's turn, at temperature 1 and without penalties.</para>
/// <para>The prompt is run once, or taken from the cache. Of the spans those that begin alike share what they share; what begins with a lower log-probability than
/// a whole span has is never run (log-probabilities only fall), and the likelier beginnings come first. So a sure model costs a few dozen tokens, one that
/// knows nothing of the answer up to all of them.</para>
/// </remarks>
public sealed class SpanExtractor
{
    private readonly RequestFactory _requests;
    private readonly GenerationEngine _engine;
    private readonly HashSet<int> _stopTokens;
    private readonly SpanTokens _tokens;
    private readonly int _contextLength;

    internal SpanExtractor(RequestFactory requests, GenerationEngine engine, Tokenizer tokenizer, HashSet<int> stopTokens, int contextLength)
    {
        _requests = requests;
        _engine = engine;
        _stopTokens = stopTokens;
        _tokens = new SpanTokens(tokenizer);
        _contextLength = contextLength;
    }

    /// <summary>Finds the best spans as the answer to a conversation.</summary>
    /// <param name="messages">The conversation, rendered by the model's chat template up to where its answer begins.</param>
    /// <param name="sources">Where spans are taken from; need not be in the prompt, though what is not there is hardly probable.</param>
    /// <param name="options">Which spans; null for the defaults.</param>
    /// <param name="chatOptions">What shows in the prompt: instructions, reasoning, the adapter. What it says of sampling does not count.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="LimitExceededException">There are more or longer sources than the options allow, or the prompt leaves no room for a span.</exception>
    /// <exception cref="UnsupportedException">The model has no token that ends its turn, or a message or an option is not supported.</exception>
    /// <exception cref="CorruptException">The model's logits are not numbers.</exception>
    public async Task<SpanExtraction> ExtractAsync(
        IEnumerable<ChatMessage> messages, IEnumerable<QuoteSource> sources, SpanExtractionOptions? options = null, ChatOptions? chatOptions = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatMessage> conversation = [.. messages];
        (List<QuoteSource> taken, options) = Check(sources, options);
        ChatOptions asked = chatOptions?.Clone() ?? new ChatOptions();
        asked.MaxOutputTokens = null;
        GenerationRequest request = await Task.Run(() => _requests.Create(conversation, asked, []), cancellationToken).ConfigureAwait(false);
        return await ExtractAsync(request.Prompt, request.Adapter, taken, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the best spans behind a prompt of tokens.</summary>
    /// <param name="prompt">At least one token, each within the vocabulary.</param>
    /// <param name="sources">Where spans are taken from.</param>
    /// <param name="options">Which spans; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    /// <inheritdoc cref="ExtractAsync(IEnumerable{ChatMessage}, IEnumerable{QuoteSource}, SpanExtractionOptions?, ChatOptions?, CancellationToken)"/>
    public async Task<SpanExtraction> ExtractAsync(
        IReadOnlyList<int> prompt, IEnumerable<QuoteSource> sources, SpanExtractionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Count, 1, nameof(prompt));
        (List<QuoteSource> taken, options) = Check(sources, options);
        return await ExtractAsync([.. prompt], _requests.DefaultAdapter, taken, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SpanExtraction> ExtractAsync(int[] prompt, string? adapter, List<QuoteSource> sources, SpanExtractionOptions options, CancellationToken cancellationToken)
    {
        (List<SpanSequence> sequences, List<int[]> refusals) = await Task.Run(
            () => (SpanSequences.Of(sources, _tokens, options, cancellationToken), Refusals(options)), cancellationToken).ConfigureAwait(false);
        int longest = Math.Max(sequences.Count == 0 ? 0 : sequences.Max(sequence => sequence.Ids.Length), refusals.Count == 0 ? 0 : refusals.Max(refusal => refusal.Length));
        if (prompt.Length + longest > _contextLength)
        {
            throw new LimitExceededException(nameof(RuntimeOptions.MaxPositions), _contextLength, (long)prompt.Length + longest, "The prompt together with the longest span");
        }

        SpanExtraction? extraction = null;
        await _engine.RunAsync(
            prompt, adapter, session => extraction = Extract(session, prompt, sources, sequences, refusals, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        return extraction!;
    }

    private SpanExtraction Extract(
        CachedSession session, int[] prompt, List<QuoteSource> sources, List<SpanSequence> sequences, List<int[]> refusals, SpanExtractionOptions options, CancellationToken cancellationToken)
    {
        int reused = session.Begin(prompt);
        float[] logits = session.Append(prompt.AsSpan(reused), cancellationToken).ToArray();
        SpanList best = new(options.Count, options.LengthNormalized);
        using SpanScorer scorer = new(session, sequences, best, _stopTokens, cancellationToken);
        double? refusal = null;
        foreach (int[] tokens in refusals)
        {
            refusal = Math.Max(refusal ?? double.NegativeInfinity, scorer.Score(tokens, logits));
        }

        scorer.Run(logits);
        return new SpanExtraction
        {
            Spans = [.. best.Best.Select(span => new ExtractedSpan(
                sources[span.Source].Id, span.Range, sources[span.Source].Text[span.Range.Start..span.Range.End], span.LogProbability, span.Tokens, span.Occurrences))],
            RefusalLogProbability = refusal,
            Usage = new UsageDetails
            {
                InputTokenCount = prompt.Length,
                CachedInputTokenCount = reused,
                OutputTokenCount = 0,
                TotalTokenCount = prompt.Length,
                AdditionalCounts = new AdditionalPropertiesDictionary<long> { ["scored_tokens"] = scorer.ScoredTokens },
            },
        };
    }

    private List<int[]> Refusals(SpanExtractionOptions options)
    {
        if (options.Refusal is not { } refusal)
        {
            return [];
        }

        List<int[]> written = [[.. _tokens.Encode(refusal).Select(token => token.Id)]];
        if (options.BothSpacings)
        {
            written.Add([.. _tokens.EncodeOtherwise(refusal).Select(token => token.Id)]);
        }

        written.RemoveAll(tokens => tokens.Length == 0);
        return written;
    }

    private (List<QuoteSource> Sources, SpanExtractionOptions Options) Check(IEnumerable<QuoteSource> sources, SpanExtractionOptions? options)
    {
        ArgumentNullException.ThrowIfNull(sources);
        options ??= new SpanExtractionOptions();
        options.Validate();
        if (_stopTokens.Count == 0)
        {
            throw new UnsupportedException("The model has no token that ends its turn, so no span of it can be a whole answer.");
        }

        List<QuoteSource> taken = [];
        long characters = 0;
        foreach (QuoteSource source in sources)
        {
            ArgumentNullException.ThrowIfNull(source, nameof(sources));
            if (taken.Count == options.MaxSources)
            {
                throw new LimitExceededException(nameof(SpanExtractionOptions.MaxSources), options.MaxSources, taken.Count + 1, "The list of sources");
            }

            characters += source.Text.Length;
            if (characters > options.MaxSourceCharacters)
            {
                throw new LimitExceededException(nameof(SpanExtractionOptions.MaxSourceCharacters), options.MaxSourceCharacters, characters, "The sources' text");
            }

            taken.Add(source);
        }

        return (taken, options);
    }
}
