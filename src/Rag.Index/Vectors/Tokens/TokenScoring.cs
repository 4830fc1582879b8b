using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>How well chunks answer a question by late interaction (<see cref="MultiVector.MaxSim(MultiVector)"/>).</summary>
internal sealed class TokenScoring
{
    private readonly MultiVector _question;
    private readonly IndexConnection _connection;

    private TokenScoring(MultiVector question, IndexConnection connection) => (_question, _connection) = (question, connection);

    /// <summary>The scoring of this question, or null where the index holds no token vectors.</summary>
    /// <exception cref="ArgumentException">The vectors are none of the index's model.</exception>
    public static TokenScoring? Create(MultiVector question, IndexConnection connection, IndexState state)
    {
        if (Manifests.Read(state.Manifest, connection.Path)?.Tokens is not { } model)
        {
            return null;
        }

        return VectorKinds.Fault(question, model) is { } fault ? throw new ArgumentException($"The question's token vectors {fault}.", nameof(question)) : new(question, connection);
    }

    /// <summary>The scores of chunks; NaN for null.</summary>
    public float[] Score(IReadOnlyList<long?> chunks, CancellationToken cancellationToken)
    {
        TokenStore store = new(_connection);
        float[] scores = new float[chunks.Count], buffer = [];
        for (int i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = chunks[i] is { } key ? _question.MaxSim(TokenCodec.Decode(store.Read(key), key, _question.Dimensions, _connection.Path, ref buffer)) : float.NaN;
        }

        return scores;
    }
}
