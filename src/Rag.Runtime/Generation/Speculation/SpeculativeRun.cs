using System.Buffers;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation.Drafters;

namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// The steps of one request, with guesses behind the tokens that must run. It stands between who chooses tokens and the session:
/// where the chosen token is the next guess, its logits are there already and no step runs; at the first difference the session
/// goes back to what was chosen. So samplers, random numbers, constraints and stop rules know nothing of it, and logits differ from
/// those of plain steps by rounding alone (see <see cref="SpeculationOptions"/>). Not thread-safe.
/// </summary>
internal sealed class SpeculativeRun : IDisposable
{
    // Now and then a plain step tells what one costs at the length that the sequence has meanwhile.
    private const int MostStepsWithoutPlain = 48;
    private const double ModelMemory = .995;

    // What wrong guesses may cost beyond what right ones have won: so many steps, and so large a share of plain steps.
    private const double FirstCredit = 2;
    private const double CreditShare = .01;
    private readonly CachedSession _session;
    private readonly SpeculationShare _share;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly int _maxLength;
    private readonly TokenMatcher? _matcher;
    private readonly string? _adapter;
    private readonly Acceptance _acceptance;
    private readonly List<(IDrafter Drafter, Draft Draft)> _drafters = [];
    private readonly DraftModelDrafter? _model;
    private readonly Draft _modelDraft;
    private readonly double[] _costs;
    private readonly int[] _step;
    private readonly int _promptLength;
    private TokenSequence? _sequence;

    // The draft whose logits are there: how many of its tokens ran, and how many of those were chosen.
    private Draft? _checked;
    private int _ran;
    private int _chosen;
    private float[] _rows = [];

    // Tokens in the session that were chosen, and the sequence's length at the last step.
    private int _real;
    private int _stepEnd;
    private bool _knowsPlain;
    private double _plainSeconds;
    private int _stepsSincePlain;
    private double _credit = FirstCredit;

    /// <param name="session">Used by nothing else meanwhile, but after <see cref="Settle"/>.</param>
    /// <param name="share">What the requests of a model have in common.</param>
    /// <param name="promptLength">The tokens of the prompt.</param>
    /// <param name="maxOutputTokens">The most that follow.</param>
    /// <param name="stopTokens">Tokens that nothing is guessed behind.</param>
    /// <param name="matcher">What the output must be, at the place of the last token chosen whenever a step is asked for; null for anything.</param>
    public SpeculativeRun(
        CachedSession session, SpeculationShare share, int promptLength, int maxOutputTokens, IReadOnlySet<int> stopTokens, TokenMatcher? matcher = null)
    {
        _session = session;
        _share = share;
        _stopTokens = stopTokens;
        _promptLength = promptLength;
        _maxLength = (int)Math.Min((long)promptLength + maxOutputTokens, int.MaxValue);
        _matcher = matcher;
        _adapter = session.Adapter;
        foreach (IDrafter drafter in share.CreateDrafters(_adapter, matcher))
        {
            _drafters.Add((drafter, new Draft(share.MaxDraftTokens)));
        }

        _model = share.DraftModel is { } model ? new DraftModelDrafter(model, share.Time) : null;
        _modelDraft = new Draft(share.MaxDraftTokens);
        _acceptance = new Acceptance(share.Known);
        _costs = new double[share.MaxDraftTokens + 1];
        _step = new int[share.MaxDraftTokens + 1];
    }

    /// <summary>Guesses that were checked.</summary>
    public int DraftedTokens { get; private set; }

    /// <summary>Those of them that were chosen.</summary>
    public int AcceptedTokens { get; private set; }

    /// <summary>
    /// Whether the request is the only one that runs now; true at first. While it is not, nothing is guessed: what guesses would gain,
    /// the other requests' rows gain more surely.
    /// </summary>
    public bool IsAlone { get; set; } = true;

    /// <summary>Runs tokens that were chosen, or finds that they have run, and returns the logits of the last one.</summary>
    /// <param name="tokens">The next of the sequence, at least one.</param>
    /// <param name="cancellationToken">Ends a step.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool prompt = _sequence is null && _session.Length < _promptLength;
        Note(tokens);
        Earn(tokens.Length);
        int known = Accept(tokens);
        if (known == tokens.Length)
        {
            int vocabulary = _session.VocabularySize;
            return _rows.AsSpan((_chosen - 1) * vocabulary, vocabulary);
        }

        Learn();
        Settle();
        tokens = tokens[known..];
        Draft? draft = prompt ? null : Choose(tokens.Length, cancellationToken);
        _stepEnd = _sequence!.Tokens.Length;
        return Run(tokens, draft, prompt, cancellationToken);
    }

    /// <summary>Takes back the guesses that were not chosen: the session then has what plain steps would have left. Needed before anything else uses it.</summary>
    public void Settle()
    {
        _checked = null;
        if (_sequence is not null && _session.Length > _real)
        {
            _session.Rewind(_real);
        }
    }

    /// <summary>Settles, and keeps what was learnt for the requests to come.</summary>
    public void Dispose()
    {
        Settle();
        foreach ((IDrafter drafter, _) in _drafters)
        {
            (drafter as IDisposable)?.Dispose();
        }

        _model?.Dispose();
        if (_sequence is not null)
        {
            _share.Learn(_sequence.Tokens, _promptLength, _adapter, _acceptance);
            _sequence.Dispose();
            _sequence = null;
        }

        if (_rows.Length > 0)
        {
            ArrayPool<float>.Shared.Return(_rows);
            _rows = [];
        }
    }

    private void Note(ReadOnlySpan<int> tokens)
    {
        if (_sequence is null)
        {
            _real = _session.Length;
            _sequence = new TokenSequence(_session.Tokens, _maxLength - Math.Min(_real, _maxLength));
        }

        foreach (int token in tokens)
        {
            _sequence.Add(token);
        }
    }

    // What plain steps would have taken for the tokens.
    private void Earn(int tokens)
    {
        _share.Costs.Read(_costs);
        _credit += tokens <= _costs.Length ? _costs[tokens - 1] * (1 + CreditShare) : 0;
    }

    // How many of the tokens are the next guesses that ran.
    private int Accept(ReadOnlySpan<int> tokens)
    {
        int known = 0;
        while (_checked is not null && known < tokens.Length && _chosen < _ran && _checked.Tokens[_chosen] == tokens[known])
        {
            known++;
            _chosen++;
        }

        _real += known;
        AcceptedTokens += known;
        _share.CountAccepted(known);
        return known;
    }

    // Every draft is compared with what came since, whether it ran or not.
    private void Learn()
    {
        ReadOnlySpan<int> came = _sequence!.Tokens[_stepEnd..];
        foreach ((_, Draft draft) in _drafters)
        {
            _acceptance.Note(draft, came);
            draft.Begin(0);
        }

        _acceptance.Note(_modelDraft, came);
        _modelDraft.Begin(0);
    }

    private Draft? Choose(int width, CancellationToken cancellationToken)
    {
        ReadOnlySpan<int> sequence = _sequence!.Tokens;
        int room = Math.Min(_share.MaxDraftTokens + 1 - width, _maxLength - sequence.Length - 1);
        room = IsAlone && room > 0 ? _session.RoomBehind(width, room) : 0;
        if (room <= 0)
        {
            return null;
        }

        double most = 0;
        Draft? best = null;
        int count = 0;
        foreach ((IDrafter drafter, Draft draft) in _drafters)
        {
            draft.Begin(room);
            drafter.Guess(sequence, draft);
            CutAtStop(draft);
            int worth = DraftPlan.Choose(draft.Levels, _acceptance, _costs, width, 0, _credit, out double gain);
            if (worth > 0 && CutAtConstraint(draft, worth))
            {
                worth = DraftPlan.Choose(draft.Levels, _acceptance, _costs, width, 0, _credit, out gain);
            }

            if (worth > 0 && gain > most)
            {
                (best, count, most) = (draft, worth, gain);
            }
        }

        if (width == 1 && (!_knowsPlain || ++_stepsSincePlain > MostStepsWithoutPlain))
        {
            return null;
        }

        if (_model is not null && AskModel(sequence, room, width, most, cancellationToken) is > 0 and var asked)
        {
            (best, count) = (_modelDraft, asked);
        }

        _ran = count;
        return best;
    }

    private int AskModel(ReadOnlySpan<int> sequence, int room, int width, double most, CancellationToken cancellationToken)
    {
        Span<int> levels = stackalloc int[room];
        levels.Fill(DraftLevel.Model);
        double perGuess = _plainSeconds > 0 ? _share.DraftModel!.SecondsPerGuess / _plainSeconds : 0;
        int worth = DraftPlan.Choose(levels, _acceptance, _costs, width, perGuess, _credit, out double gain);
        if (worth == 0 || gain <= most)
        {
            _acceptance.Fade(DraftLevel.Model, ModelMemory);
            return 0;
        }

        _modelDraft.Begin(worth);
        _model!.Guess(sequence, _modelDraft, cancellationToken);
        CutAtStop(_modelDraft);
        CutAtConstraint(_modelDraft, worth);
        _credit -= perGuess * worth;
        return _modelDraft.Count;
    }

    // Nothing follows a stop token, and a draft model may know tokens that this one does not.
    private void CutAtStop(Draft draft)
    {
        int kept = 0;
        while (kept < draft.Count && (uint)draft.Tokens[kept] < (uint)_session.VocabularySize && !_stopTokens.Contains(draft.Tokens[kept]))
        {
            kept++;
        }

        draft.Cut(kept);
    }

    // Whether one of the first guesses is forbidden, which the draft then ends before.
    private bool CutAtConstraint(Draft draft, int first)
    {
        if (_matcher is null)
        {
            return false;
        }

        int length = _matcher.Length;
        int kept = 0;
        try
        {
            while (kept < Math.Min(first, draft.Count) && _matcher.TryAdvance(draft.Tokens[kept]))
            {
                kept++;
            }
        }
        catch (LimitExceededException)
        {
            // The answer itself may never come here; if it does, it says so.
        }
        finally
        {
            _matcher.Rewind(length);
        }

        bool cut = kept < Math.Min(first, draft.Count);
        draft.Cut(cut ? kept : draft.Count);
        return cut;
    }

    private ReadOnlySpan<float> Run(scoped ReadOnlySpan<int> tokens, Draft? draft, bool prompt, CancellationToken cancellationToken)
    {
        int ran = draft is null ? 0 : _ran;
        int before = _session.Length;
        long start = _share.Time.GetTimestamp();
        ReadOnlySpan<float> logits;
        try
        {
            if (ran == 0)
            {
                logits = _session.Append(tokens, cancellationToken);
            }
            else
            {
                tokens.CopyTo(_step);
                draft!.Tokens[..ran].CopyTo(_step.AsSpan(tokens.Length));
                logits = _session.Append(_step.AsSpan(0, tokens.Length + ran), ran + 1, cancellationToken);
            }
        }
        catch
        {
            _real = Math.Min(_session.Length, before + tokens.Length);
            throw;
        }

        _real = before + tokens.Length;
        if (ran > 0)
        {
            Keep(logits[_session.VocabularySize..]);
            logits = logits[.._session.VocabularySize];
            (_checked, _ran, _chosen) = (draft, ran, 0);
            DraftedTokens += ran;
        }

        int width = tokens.Length + ran;
        _credit -= width <= _costs.Length ? _costs[width - 1] : 0;
        if (!prompt)
        {
            _share.CountStep(ran);
            NoteTime(width, _share.Time.GetElapsedTime(start).TotalSeconds);
        }

        return logits;
    }

    private void Keep(ReadOnlySpan<float> logits)
    {
        if (_rows.Length < logits.Length)
        {
            if (_rows.Length > 0)
            {
                ArrayPool<float>.Shared.Return(_rows);
            }

            _rows = ArrayPool<float>.Shared.Rent(logits.Length);
        }

        logits.CopyTo(_rows);
    }

    private void NoteTime(int width, double seconds)
    {
        if (!IsAlone)
        {
            return;
        }

        if (width == 1)
        {
            // Twice as long was something else's doing.
            _plainSeconds = !_knowsPlain ? seconds : _plainSeconds + (.25 * (Math.Min(seconds, 2 * _plainSeconds) - _plainSeconds));
            _knowsPlain = true;
            _stepsSincePlain = 0;
        }
        else if (_plainSeconds > 0)
        {
            _share.Costs.Note(width, seconds / _plainSeconds);
        }
    }
}
