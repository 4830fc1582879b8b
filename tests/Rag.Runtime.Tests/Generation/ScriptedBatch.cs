using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Tests.Generation;

/// <summary>Shared steps of scripted sessions: where the step of one fails, no session has run.</summary>
internal sealed class ScriptedBatch(BatchKey key, CacheBudget budget, int bytesPerToken) : IDecoderBatch
{
    private readonly Dictionary<IBatchSession, (int Token, float[] Logits)> _rows = [];

    public BatchKey Key => key;

    public int Count => _rows.Count;

    public long Bytes => Count * RowBytes;

    private long RowBytes => 100L * bytesPerToken;

    public bool TryJoin(IBatchSession session, int expected)
    {
        Assert.Equal(key, session.BatchKey);
        if (!budget.TryReserve(RowBytes))
        {
            return false;
        }

        _rows.Add(session, (-1, new float[session.VocabularySize]));
        return true;
    }

    public bool Contains(IBatchSession session) => _rows.ContainsKey(session);

    public void Place(IBatchSession session, int token) => _rows[session] = (token, _rows[session].Logits);

    public void Run()
    {
        Assert.DoesNotContain(_rows, row => row.Value.Token < 0);
        foreach (ScriptedSession session in _rows.Keys.Cast<ScriptedSession>())
        {
            session.SharedStep?.Invoke();
            session.Step?.Invoke(session.Length);
        }

        foreach ((IBatchSession session, (int token, float[] logits)) in _rows.ToArray())
        {
            ScriptedSession scripted = (ScriptedSession)session;
            scripted.NoteShared(token);
            scripted.Read(logits);
            scripted.Steps?.Add((scripted, 0));
            _rows[session] = (-1, logits);
        }
    }

    public ReadOnlySpan<float> Logits(IBatchSession session) => _rows[session].Logits;

    public void Leave(IBatchSession session)
    {
        Assert.True(_rows.Remove(session));
        budget.Release(RowBytes);
    }

    public void Dispose()
    {
        foreach (IBatchSession session in _rows.Keys.ToArray())
        {
            Leave(session);
        }
    }
}
