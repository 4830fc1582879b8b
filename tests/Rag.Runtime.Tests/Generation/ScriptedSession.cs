using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Tests.Generation;

/// <summary>
/// A decoder whose logits depend on every token of the sequence, as a real one's do, and that notes what it was asked to
/// run. A script may fix the tokens that greedy decoding chooses after a prompt.
/// </summary>
internal sealed class ScriptedSession(int vocabularySize, int maxPositions = 1000, int[]? script = null, int promptLength = 0) : IBatchSession
{
    private readonly List<int> _tokens = [];
    private readonly float[] _logits = new float[vocabularySize];

    public int VocabularySize => vocabularySize;

    public int MaxPositions => maxPositions;

    public int Length => _tokens.Count;

    public List<int> Appended { get; } = [];

    public bool Disposed { get; private set; }

    /// <summary>Runs before each token is appended, with the position.</summary>
    public Action<int>? Step { get; set; }

    /// <summary>What the session must share with others to run with them; null where it runs alone.</summary>
    public object? Group { get; init; }

    /// <summary>Told of every step of every session that has the same list: which session, and how many tokens.</summary>
    public List<(ScriptedSession Session, int Tokens)>? Steps { get; init; }

    public BatchKey? BatchKey => Group is null || Length == 0 ? null : new BatchKey(Group, null, 0);

    /// <summary>Runs before each step that it shares.</summary>
    public Action? SharedStep { get; set; }

    public int BytesPerToken { get; init; }

    public long CacheBytes => (long)Length * BytesPerToken;

    public long BytesFor(int tokens) => (long)tokens * BytesPerToken;

    /// <summary>Runs before a batch is made.</summary>
    public Action? CreatingBatch { get; set; }

    public IDecoderBatch CreateBatch(CacheBudget budget)
    {
        CreatingBatch?.Invoke();
        return new ScriptedBatch(BatchKey!.Value, budget, BytesPerToken);
    }

    /// <summary>Appends a token of a shared step.</summary>
    public void NoteShared(int token) => _tokens.Add(token);

    /// <summary>The logits after the tokens.</summary>
    public void Read(Span<float> logits) => Fill(logits);

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        Assert.False(Disposed);
        if (tokens.Length > maxPositions - _tokens.Count)
        {
            throw new LimitExceededException("MaxPositions", maxPositions, _tokens.Count + tokens.Length);
        }

        Appended.Add(tokens.Length);
        Steps?.Add((this, tokens.Length));
        foreach (int token in tokens)
        {
            Step?.Invoke(_tokens.Count);
            cancellationToken.ThrowIfCancellationRequested();
            Assert.InRange(token, 0, vocabularySize - 1);
            _tokens.Add(token);
        }

        Fill(_logits);
        return _logits;
    }

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default)
    {
        Assert.InRange(rows, 1, tokens.Length);
        if (rows == 1)
        {
            return Append(tokens, cancellationToken);
        }

        if (tokens.Length > rows)
        {
            Append(tokens[..^rows], cancellationToken);
        }

        float[] logits = new float[rows * vocabularySize];
        for (int i = 0; i < rows; i++)
        {
            Append(tokens.Slice(tokens.Length - rows + i, 1), cancellationToken).CopyTo(logits.AsSpan(i * vocabularySize));
        }

        return logits;
    }

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            Append(tokens.Slice(i, 1)).CopyTo(logits[(i * vocabularySize)..]);
        }
    }

    public void Rewind(int length)
    {
        Assert.InRange(length, 0, _tokens.Count);
        _tokens.RemoveRange(length, _tokens.Count - length);
    }

    public IDecoderSession Fork()
    {
        ScriptedSession fork = new(vocabularySize, maxPositions, script, promptLength);
        fork._tokens.AddRange(_tokens);
        return fork;
    }

    public void Dispose() => Disposed = true;

    private void Fill(Span<float> logits)
    {
        int next = _tokens.Count - promptLength;
        ulong state = 14695981039346656037;
        foreach (int token in _tokens)
        {
            state = unchecked((state ^ (uint)token) * 1099511628211);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            logits[i] = (state >> 40) / (float)(1 << 24) * 6;
        }

        if (script is not null && next >= 0 && next < script.Length)
        {
            logits[script[next]] = 100;
        }
    }
}
