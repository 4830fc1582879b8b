namespace Rag.Runtime.Generation.Beams;

/// <summary>The best sequences that have ended, and whether one that runs could still be better.</summary>
internal sealed class FinishedBeams(BeamSearchOptions options, int promptLength, int maxLength)
{
    private readonly List<BeamSequence> _best = [];

    private bool Full => _best.Count == options.Beams;

    /// <summary>Takes a sequence among the best where it is one of them; one that came before wins a tie.</summary>
    public void Add(Beam beam, BeamEnd end)
    {
        float score = Score(beam.Score, beam.Tokens.Length - promptLength);
        int place = _best.FindIndex(other => other.Score < score);
        place = place < 0 ? _best.Count : place;
        if (place < options.Beams)
        {
            _best.Insert(place, new BeamSequence(beam.Tokens[promptLength..], score, end));
            if (_best.Count > options.Beams)
            {
                _best.RemoveAt(options.Beams);
            }
        }
    }

    /// <summary>Whether the search is to go on.</summary>
    /// <param name="running">Best first.</param>
    public bool CanImprove(List<Beam> running)
    {
        if (running.Count == 0 || !Full)
        {
            return running.Count > 0;
        }

        int length = options is { Stopping: BeamStopping.Never, LengthPenalty: > 0 } ? maxLength - promptLength : running[0].Tokens.Length - promptLength;
        return options.Stopping != BeamStopping.Early && Score(running[0].Score, length) > _best[^1].Score;
    }

    /// <summary>The best, best first.</summary>
    public List<BeamSequence> Best(int count) => _best[..Math.Min(count, _best.Count)];

    private float Score(float sum, int length) => (float)(sum / Math.Pow(length, options.LengthPenalty));
}
