using System.Buffers;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// The steps of one request, with guesses behind the tokens that must run. It stands between who chooses tokens and the session:
/// where the chosen token is the next guess, its logits are there already and no step runs; at the first difference the session
/// goes back to what was chosen. So samplers, random numbers, constraints and stop rules know nothing of it, and logits differ from
/// those of plain steps by rounding alone (see <see cref="SpeculationOptions"/>). Not thread-safe.
/// </summary>
internal sealed class SpeculativeRun : IDisposable
{
    private readonly CachedSession _session;
    private readonly SpeculationShare _share;
    private readonly int _maxLength;
    private readonly DraftChoice _drafts;
    private readonly StepLedger _ledger;
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
        _promptLength = promptLength;
        _maxLength = (int)Math.Min((long)promptLength + maxOutputTokens, int.MaxValue);
        _drafts = new DraftChoice(share, session.VocabularySize, session.Adapter, stopTokens, matcher);
        _ledger = new StepLedger(share.Costs, share.MaxDraftTokens + 1);
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
        _ledger.Earn(tokens.Length);
        int known = Accept(tokens);
        if (known == tokens.Length)
        {
            int vocabulary = _session.VocabularySize;
            return _rows.AsSpan((_chosen - 1) * vocabulary, vocabulary);
        }

        _drafts.Learn(_sequence!.Tokens[_stepEnd..]);
        Settle();
        tokens = tokens[known..];
        Draft? draft = prompt ? null : Choose(tokens.Length, cancellationToken);
        _stepEnd = _sequence.Tokens.Length;
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

    /// <summary>Takes note of tokens that run without it, in steps of a prompt or steps that others share; to be called before they run.</summary>
    public void BeginElsewhere(ReadOnlySpan<int> tokens)
    {
        Settle();
        if (_sequence is not null)
        {
            // The first call of Append takes what ran before it from the session.
            Note(tokens);
            _real += tokens.Length;
        }
    }

    /// <summary>Settles, and keeps what was learnt for the requests to come.</summary>
    public void Dispose()
    {
        Settle();
        _drafts.Dispose();
        if (_sequence is not null)
        {
            _share.Learn(_sequence.Tokens, _promptLength, _session.Adapter, _drafts.Acceptance);
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

    private Draft? Choose(int width, CancellationToken cancellationToken)
    {
        ReadOnlySpan<int> sequence = _sequence!.Tokens;
        int room = Math.Min(_share.MaxDraftTokens + 1 - width, _maxLength - sequence.Length - 1);
        room = IsAlone && room > 0 ? _session.RoomBehind(width, room) : 0;
        return room > 0 ? _drafts.Choose(sequence, width, room, _ledger, out _ran, cancellationToken) : null;
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

        _ledger.Spend(tokens.Length + ran);
        if (!prompt)
        {
            _share.CountStep(ran);
            if (IsAlone)
            {
                _ledger.NoteTime(tokens.Length + ran, _share.Time.GetElapsedTime(start).TotalSeconds);
            }
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
}
