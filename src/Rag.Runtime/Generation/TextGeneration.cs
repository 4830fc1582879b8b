using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>One request from tokens to text: the decoding loop, whole characters, stop strings. Not thread-safe.</summary>
internal sealed class TextGeneration : IDisposable
{
    private readonly Sampler _sampler;
    private readonly TokenGenerator _tokens;
    private readonly StreamDecoder _decoder;
    private readonly StopStringMatcher _stops;
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlySet<int> _shownTokens;
    private readonly LogProbabilityLog? _logProbabilities;

    /// <param name="session">A session that nothing else uses meanwhile.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="stopTokens">Tokens that end it.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="shownTokens">Special tokens that are part of the text all the same; null for none.</param>
    /// <param name="matcher">What the text must be; null for anything.</param>
    /// <param name="speculation">Guesses ahead, and is disposed with it; null for nobody.</param>
    public TextGeneration(
        CachedSession session, GenerationRequest request, IReadOnlySet<int> stopTokens, Tokenizer tokenizer, IReadOnlySet<int>? shownTokens = null, TokenMatcher? matcher = null,
        SpeculativeRun? speculation = null)
    {
        _tokenizer = tokenizer;
        _shownTokens = shownTokens ?? new HashSet<int>();
        _logProbabilities = request.TopLogProbabilities is { } top ? new LogProbabilityLog(top, id => tokenizer.Decode([id], skipSpecialTokens: false)) : null;
        _sampler = new Sampler(request.Sampling, request.Seed, session.VocabularySize, request.Prompt, stopTokens, request.MaxOutputTokens) { Log = _logProbabilities };
        _tokens = new TokenGenerator(session, request.Prompt, _sampler, stopTokens, request.MaxOutputTokens, matcher) { Speculation = speculation };
        _decoder = tokenizer.CreateStreamDecoder(skipSpecialTokens: false);
        _stops = new StopStringMatcher(request.StopStrings);
    }

    /// <summary>Why it ended.</summary>
    public GenerationEnd End => _stops.Stopped ? GenerationEnd.Stop : _tokens.End;

    public int ReusedTokens => _tokens.ReusedTokens;

    public int GeneratedTokens => _tokens.GeneratedTokens;

    /// <summary>Guesses ahead; null for nobody.</summary>
    public SpeculativeRun? Speculation => _tokens.Speculation;

    /// <summary>The log-probabilities of the tokens since the last call, where the request asked for them; null for none.</summary>
    public LogProbabilityContent? TakeLogProbabilities() => _logProbabilities?.Take();

    /// <summary>Whether all of the text was given.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>See <see cref="TokenGenerator.Pending"/>.</summary>
    public ReadOnlySpan<int> Pending => _tokens.Pending;

    /// <summary>Goes on by a token where no step is needed for it.</summary>
    /// <param name="text">The text that is certain now, often empty.</param>
    public NextToken Prepare(out string text)
    {
        NextToken next = _tokens.Prepare(out int token);
        text = next switch
        {
            NextToken.Chosen => Text(token),
            NextToken.None => Rest(),
            _ => "",
        };
        return next;
    }

    /// <summary>Says that the first of the waiting tokens have run.</summary>
    public void NoteRun(int count) => _tokens.NoteRun(count);

    /// <summary>Goes on by a token, by the logits of the last one that was waiting.</summary>
    /// <returns>The text that is certain now, often empty.</returns>
    public string Choose(ReadOnlySpan<float> logits) => _tokens.Choose(logits, out int token) ? Text(token) : Rest();

    /// <summary>Goes on by a token, with a step of its own where one is needed.</summary>
    /// <returns>The text that is certain now, often empty.</returns>
    public string Next(CancellationToken cancellationToken) => _tokens.TryNext(out int token, cancellationToken) ? Text(token) : Rest();

    public void Dispose()
    {
        _tokens.Speculation?.Dispose();
        _sampler.Dispose();
    }

    private string Text(int token)
    {
        string text = _tokenizer.IsSpecial(token) && !_shownTokens.Contains(token) ? "" : _stops.Append(_decoder.Append(token));
        HasEnded = _stops.Stopped;
        return text;
    }

    private string Rest()
    {
        HasEnded = true;
        if (_tokens.ChoseStopToken)
        {
            _logProbabilities?.RemoveLast();
        }

        string rest = _stops.Append(_decoder.Flush());
        return rest + _stops.Flush();
    }}
