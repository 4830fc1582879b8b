using System.Threading.Channels;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>
/// One generation between its caller and the scheduler, which computes it whether the caller reads or not: what is not read yet waits here, no
/// more than the request's budget of tokens, so that a slow reader holds neither others nor a session longer than its answer takes.
/// </summary>
internal sealed class GenerationRun : ScheduledRequest, IAsyncDisposable
{
    // A few tokens that a constraint forces join the step of others one after the other; more run at once like a prompt.
    private const int MostForced = 8;
    private readonly Channel<GeneratedText> _texts = Channel.CreateUnbounded<GeneratedText>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Func<CachedSession, TextGeneration> _create;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TextGeneration? _generation;

    /// <param name="request">What to generate.</param>
    /// <param name="create">Makes the generation once there is a session.</param>
    /// <param name="terms">When it begins and ends.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    public GenerationRun(GenerationRequest request, Func<CachedSession, TextGeneration> create, RequestTerms terms, CancellationToken cancellationToken)
        : base(request.Prompt, request.Adapter, request.Prompt.Length + request.MaxOutputTokens, terms, cancellationToken) => _create = create;

    /// <summary>The answer as it comes; ends with the error where there was one. To be read once.</summary>
    public IAsyncEnumerable<GeneratedText> Texts => _texts.Reader.ReadAllAsync(CancellationToken.None);

    /// <summary>Why it ended; meaningful then.</summary>
    public GenerationEnd Reason { get; private set; }

    public int ReusedTokens { get; private set; }

    public int GeneratedTokens { get; private set; }

    /// <summary>Tokens that were guessed ahead, and those of them that were chosen.</summary>
    public (int Drafted, int Accepted) Guesses { get; private set; }

    /// <summary>Whether it must run alone, since a step that it shared has failed.</summary>
    public bool RunsAlone { get; set; }

    /// <summary>Whether all was generated.</summary>
    public bool HasEnded => _generation is { HasEnded: true };

    /// <summary>Tokens that must run before the next one can be chosen; 0 where it has ended.</summary>
    public int Waiting => HasEnded ? 0 : _generation!.Pending.Length;

    /// <summary>The first token that must run.</summary>
    public int NextToken => _generation!.Pending[0];

    /// <summary>Whether its tokens run in pieces, as those of a prompt.</summary>
    public bool IsPrefilling => Phase == RequestPhase.Prefill || Waiting > MostForced;

    public override void Begin(CachedSession session)
    {
        _generation = _create(session);
        (Session, Phase) = (session, RequestPhase.Prefill);
        Advance();
        ReusedTokens = _generation.ReusedTokens;
    }

    /// <summary>
    /// Says whether no other request decodes now. While one does nothing is guessed ahead, since the other's rows gain more surely, and the
    /// session holds no guesses.
    /// </summary>
    public void SetAlone(bool isAlone)
    {
        if (_generation!.Speculation is { } speculation && speculation.IsAlone != isAlone)
        {
            speculation.IsAlone = isAlone;
            speculation.Settle();
        }
    }

    /// <summary>Runs the first tokens that wait, on its session alone.</summary>
    public void Prefill(int count)
    {
        _generation!.Speculation?.BeginElsewhere(_generation.Pending[..count]);
        ReadOnlySpan<float> logits = Session!.Append(_generation!.Pending[..count], Token);
        NoteRun(count, logits);
    }

    /// <summary>Goes on by one step of its own.</summary>
    public void StepAlone()
    {
        Give(_generation!.Next(Token));
        Advance();
    }

    /// <summary>Goes on by a step that others shared.</summary>
    public void NoteShared(ReadOnlySpan<float> logits)
    {
        _generation!.Speculation?.BeginElsewhere(_generation.Pending[..1]);
        Session!.NoteStep(NextToken);
        NoteRun(1, logits);
    }

    public override void End(Exception? error)
    {
        if (_generation is { } generation)
        {
            (Reason, GeneratedTokens) = (generation.End, generation.GeneratedTokens);
            Guesses = (generation.Speculation?.DraftedTokens ?? 0, generation.Speculation?.AcceptedTokens ?? 0);
        }

        _generation?.Dispose();
        base.End(error);
        _texts.Writer.TryComplete(error);
        _ended.TrySetResult();
    }

    /// <summary>Ends it where it has not ended, and returns once it has given back what it held: within a step.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ended.Task.IsCompleted)
        {
            Cancel();
            await _ended.Task.ConfigureAwait(false);
        }
    }

    private void NoteRun(int count, ReadOnlySpan<float> logits)
    {
        bool last = count == _generation!.Pending.Length;
        _generation.NoteRun(count);
        if (last)
        {
            Give(_generation.Choose(logits));
            Advance();
            Phase = RequestPhase.Decode;
        }
    }

    // As far as no step is needed.
    private void Advance()
    {
        while (!_generation!.HasEnded && _generation.Prepare(out string text) != Generation.NextToken.NeedsLogits)
        {
            Give(text);
        }
    }

    private void Give(string text)
    {
        GeneratedText piece = new(text, _generation!.TakeLogProbabilities());
        if (text.Length > 0 || piece.LogProbabilities is not null)
        {
            _texts.Writer.TryWrite(piece);
        }
    }
}
