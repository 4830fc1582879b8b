namespace Rag.Index;

/// <summary>Turns texts into a vector for each token; whatever its model wants around a text, it adds itself. Safe for concurrent use.</summary>
public interface ILateInteractionEncoder
{
    /// <summary>What an index records of it (<see cref="IndexManifest.Tokens"/>). May read the model's files when it is first asked for.</summary>
    EmbeddingIdentity Identity { get; }

    /// <summary>The vectors of each question, in their order.</summary>
    ValueTask<IReadOnlyList<MultiVector>> EncodeQuestionsAsync(IReadOnlyList<string> questions, CancellationToken cancellationToken = default);

    /// <summary>The vectors of each passage, in their order.</summary>
    ValueTask<IReadOnlyList<MultiVector>> EncodePassagesAsync(IReadOnlyList<string> passages, CancellationToken cancellationToken = default);
}
