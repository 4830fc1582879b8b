namespace Rag.Runtime.Generation.Speculation;

/// <summary>What the steps of one request cost, and what guesses may still lose of what they have won. Not thread-safe.</summary>
/// <param name="shared">What steps of several tokens cost against those of one.</param>
/// <param name="mostTokens">The widest step.</param>
internal sealed class StepLedger(StepCosts shared, int mostTokens)
{
    // Now and then a plain step tells what one costs at the length that the sequence has meanwhile.
    private const int MostStepsWithoutPlain = 48;

    // What wrong guesses may cost beyond what right ones have won: so many steps, and so large a share of plain steps.
    private const double FirstCredit = 2;
    private const double CreditShare = .01;
    private const double Weight = .25;
    private readonly double[] _costs = new double[mostTokens];
    private bool _knowsPlain;
    private int _stepsSincePlain;

    /// <summary>The costs of steps of 1, 2, ... tokens, in steps of one.</summary>
    public ReadOnlySpan<double> Costs => _costs;

    /// <summary>What the next step may cost, in steps of one.</summary>
    public double Credit { get; private set; } = FirstCredit;

    /// <summary>The time of a step of one token; 0 before it is known.</summary>
    public double PlainSeconds { get; private set; }

    /// <summary>Adds what plain steps would have taken for some tokens.</summary>
    public void Earn(int tokens)
    {
        shared.Read(_costs);
        Credit += tokens <= _costs.Length ? _costs[tokens - 1] * (1 + CreditShare) : 0;
    }

    /// <summary>Takes off a step.</summary>
    public void Spend(int tokens) => Credit -= tokens <= _costs.Length ? _costs[tokens - 1] : 0;

    /// <summary>Takes off guesses that cost something themselves.</summary>
    public void SpendOnGuesses(double cost) => Credit -= cost;

    /// <summary>Whether the next step must be a plain one, so that what it costs is known.</summary>
    public bool NeedsPlain(int tokens) => tokens == 1 && (!_knowsPlain || ++_stepsSincePlain > MostStepsWithoutPlain);

    /// <summary>Counts the time of a step that ran alone.</summary>
    public void NoteTime(int tokens, double seconds)
    {
        if (tokens == 1)
        {
            // Twice as long was something else's doing.
            PlainSeconds = _knowsPlain ? PlainSeconds + (Weight * (Math.Min(seconds, 2 * PlainSeconds) - PlainSeconds)) : seconds;
            _knowsPlain = true;
            _stepsSincePlain = 0;
        }
        else if (PlainSeconds > 0)
        {
            shared.Note(tokens, seconds / PlainSeconds);
        }
    }
}
