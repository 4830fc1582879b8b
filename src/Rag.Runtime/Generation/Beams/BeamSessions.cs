using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Beams;

/// <summary>
/// Runs sequences that share much on few sessions: each takes the one whose cache shares most with it, which goes back to
/// where they part. Another session is opened once as many tokens were run again as a new one would have to run.
/// </summary>
internal sealed class BeamSessions(Func<IDecoderSession> create, int maxSessions) : IDisposable
{
    private readonly List<CachedSession> _sessions = [];
    private readonly HashSet<CachedSession> _used = [];
    private long _repeated;

    /// <summary>Tokens that were run, those run again included.</summary>
    public long Steps { get; private set; }

    /// <summary>The number of logits.</summary>
    public int VocabularySize => Any().VocabularySize;

    /// <summary>Begins a step: every session may be taken once before any is taken again.</summary>
    public void BeginStep() => _used.Clear();

    /// <summary>The logits after a sequence, valid until the next call.</summary>
    public ReadOnlySpan<float> Run(int[] tokens, CancellationToken cancellationToken)
    {
        CachedSession session = Choose(tokens);
        _used.Add(session);
        int kept = session.Begin(tokens);

        // Nothing is kept where a new session runs the prompt, which is no repeat.
        _repeated += kept > 0 ? tokens.Length - kept - 1 : 0;
        Steps += tokens.Length - kept;
        return session.Append(tokens.AsSpan(kept), cancellationToken);
    }

    public void Dispose() => _sessions.ForEach(session => session.Dispose());

    private CachedSession Choose(int[] tokens)
    {
        CachedSession? best = _sessions.Where(session => !_used.Contains(session)).MaxBy(session => session.CommonPrefix(tokens));
        if (best is null && _sessions.Count < maxSessions && _repeated >= tokens.Length)
        {
            _repeated = 0;
            return Open();
        }

        return best ?? _sessions.MaxBy(session => session.CommonPrefix(tokens)) ?? Open();
    }

    private CachedSession Any() => _sessions.Count > 0 ? _sessions[0] : Open();

    private CachedSession Open()
    {
        CachedSession session = new(create());
        _sessions.Add(session);
        return session;
    }
}
