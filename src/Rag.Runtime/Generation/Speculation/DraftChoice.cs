using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Speculation.Drafters;

namespace Rag.Runtime.Generation.Speculation;

/// <summary>The drafters of one request, what their guesses were worth so far, and which of them are worth a step. Not thread-safe.</summary>
internal sealed class DraftChoice : IDisposable
{
    private const double ModelMemory = .995;
    private readonly int _vocabularySize;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly TokenMatcher? _matcher;
    private readonly List<(IDrafter Drafter, Draft Draft)> _drafters = [];
    private readonly DraftModel? _model;
    private readonly DraftModelDrafter? _modelDrafter;
    private readonly Draft _modelDraft;

    /// <param name="share">What the requests of a model have in common.</param>
    /// <param name="vocabularySize">The number of logits.</param>
    /// <param name="adapter">Of the request; null for none.</param>
    /// <param name="stopTokens">Tokens that nothing is guessed behind.</param>
    /// <param name="matcher">At the place of the last token of the sequence whenever a draft is asked for; null for anything.</param>
    public DraftChoice(SpeculationShare share, int vocabularySize, string? adapter, IReadOnlySet<int> stopTokens, TokenMatcher? matcher)
    {
        _vocabularySize = vocabularySize;
        _stopTokens = stopTokens;
        _matcher = matcher;
        foreach (IDrafter drafter in share.CreateDrafters(adapter, matcher))
        {
            _drafters.Add((drafter, new Draft(share.MaxDraftTokens)));
        }

        _model = share.DraftModel;
        _modelDrafter = _model is null ? null : new DraftModelDrafter(_model, share.Time);
        _modelDraft = new Draft(share.MaxDraftTokens);
        Acceptance = new Acceptance(share.Known);
    }

    /// <summary>How often guesses were right.</summary>
    public Acceptance Acceptance { get; }

    /// <summary>Compares every draft of the last choice with what came since, whether it ran or not.</summary>
    public void Learn(ReadOnlySpan<int> came)
    {
        foreach ((_, Draft draft) in _drafters)
        {
            Acceptance.Note(draft, came);
            draft.Begin(0);
        }

        Acceptance.Note(_modelDraft, came);
        _modelDraft.Begin(0);
    }

    /// <summary>Guesses, and chooses the draft that promises most.</summary>
    /// <param name="sequence">Prompt and output so far.</param>
    /// <param name="width">The tokens that must run in any case.</param>
    /// <param name="room">The most guesses behind them.</param>
    /// <param name="ledger">What steps cost and may cost.</param>
    /// <param name="count">How many of the draft's guesses are worth checking.</param>
    /// <param name="cancellationToken">Ends a draft model's step.</param>
    /// <returns>Unchanged until the next call; null where a plain step is as good.</returns>
    public Draft? Choose(ReadOnlySpan<int> sequence, int width, int room, StepLedger ledger, out int count, CancellationToken cancellationToken)
    {
        Draft? best = null;
        double most = 0;
        count = 0;
        foreach ((IDrafter drafter, Draft draft) in _drafters)
        {
            draft.Begin(room);
            drafter.Guess(sequence, draft);
            CutAtStop(draft);
            int worth = DraftPlan.Choose(draft.Levels, Acceptance, ledger.Costs, width, 0, ledger.Credit, out double gain);
            if (worth > 0 && CutAtConstraint(draft, worth))
            {
                worth = DraftPlan.Choose(draft.Levels, Acceptance, ledger.Costs, width, 0, ledger.Credit, out gain);
            }

            if (worth > 0 && gain > most)
            {
                (best, count, most) = (draft, worth, gain);
            }
        }

        if (ledger.NeedsPlain(width))
        {
            return null;
        }

        if (_modelDrafter is not null && AskModel(sequence, room, width, most, ledger, cancellationToken) is > 0 and var asked)
        {
            (best, count) = (_modelDraft, asked);
        }

        return best;
    }

    public void Dispose()
    {
        foreach ((IDrafter drafter, _) in _drafters)
        {
            (drafter as IDisposable)?.Dispose();
        }

        _modelDrafter?.Dispose();
    }

    private int AskModel(ReadOnlySpan<int> sequence, int room, int width, double most, StepLedger ledger, CancellationToken cancellationToken)
    {
        Span<int> levels = stackalloc int[room];
        levels.Fill(DraftLevel.Model);
        double perGuess = ledger.PlainSeconds > 0 ? _model!.SecondsPerGuess / ledger.PlainSeconds : 0;
        int worth = DraftPlan.Choose(levels, Acceptance, ledger.Costs, width, perGuess, ledger.Credit, out double gain);
        if (worth == 0 || gain <= most)
        {
            Acceptance.Fade(DraftLevel.Model, ModelMemory);
            return 0;
        }

        _modelDraft.Begin(worth);
        _modelDrafter!.Guess(sequence, _modelDraft, cancellationToken);
        CutAtStop(_modelDraft);
        CutAtConstraint(_modelDraft, worth);
        ledger.SpendOnGuesses(perGuess * worth);
        return _modelDraft.Count;
    }

    // Nothing follows a stop token, and a draft model may know tokens that this one does not.
    private void CutAtStop(Draft draft)
    {
        int kept = 0;
        while (kept < draft.Count && (uint)draft.Tokens[kept] < (uint)_vocabularySize && !_stopTokens.Contains(draft.Tokens[kept]))
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
}
