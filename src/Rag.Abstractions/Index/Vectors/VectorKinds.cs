using System.Numerics.Tensors;

namespace Rag.Index;

/// <summary>What every store asks of sparse vectors and token vectors before it takes them or is asked with them.</summary>
public static class VectorKinds
{
    /// <summary>Most dimensions of any kind: more than any vocabulary has words.</summary>
    public const int MaxDimensions = 1 << 20;

    /// <summary>Most places of a chunk's or a question's sparse vector that are not zero. SPLADE models leave some hundreds.</summary>
    public const int MaxSparseEntries = 1 << 16;

    /// <summary>Most values of a chunk's or a question's token vectors together: 128 Ki tokens of ColBERT's 128 dimensions.</summary>
    public const int MaxTokenValues = 1 << 24;

    /// <summary>Greatest weight, and greatest magnitude of a token vector's value: that of a 16-bit floating-point number.</summary>
    public const float MaxMagnitude = 65_504;

    /// <summary>Refuses a document whose sparse vectors or token vectors are not those that the manifest declares.</summary>
    /// <exception cref="ArgumentException">There are too many, too few, or one does not fit; names document and chunk.</exception>
    public static void Check(IndexManifest manifest, IndexedDocument document)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(document);
        Check(document, manifest.Sparse, document.SparseVectors, "sparse vector", Fault);
        Check(document, manifest.Tokens, document.TokenVectors, "token vectors", Fault);
    }

    /// <summary>Refuses identities that no store could keep.</summary>
    /// <exception cref="ArgumentException">A kind has no dimensions, or too many; names its model.</exception>
    public static void Check(IndexManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        foreach (EmbeddingIdentity? identity in (ReadOnlySpan<EmbeddingIdentity?>)[manifest.Sparse, manifest.Tokens])
        {
            if (identity is { Dimensions: < 1 or > MaxDimensions })
            {
                throw new ArgumentException($"The model {identity.Model} has {identity.Dimensions} dimensions; 1 to {MaxDimensions} can be stored.", nameof(manifest));
            }
        }
    }

    /// <summary>Why a sparse vector is none of the model's, or cannot be stored; null where it can.</summary>
    public static string? Fault(SparseVector vector, EmbeddingIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentNullException.ThrowIfNull(identity);
        return vector.Ids.Length > MaxSparseEntries ? $"has {vector.Ids.Length} places that are not zero where at most {MaxSparseEntries} can be stored"
            : vector.Ids.Length == 0 ? null
            : vector.Ids[^1] >= identity.Dimensions ? $"names place {vector.Ids[^1]} where the model {identity.Model} has {identity.Dimensions}"
            : TensorPrimitives.Max(vector.Weights) > MaxMagnitude ? $"holds a weight above {MaxMagnitude}" : null;
    }

    /// <summary>Why token vectors are none of the model's, or cannot be stored; null where they can.</summary>
    public static string? Fault(MultiVector vectors, EmbeddingIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(identity);
        return vectors.Dimensions != identity.Dimensions ? $"have {vectors.Dimensions} values each where the model {identity.Model} gives {identity.Dimensions}"
            : vectors.Values.Length > MaxTokenValues ? $"have {vectors.Values.Length} values together where at most {MaxTokenValues} can be stored"
            : vectors.Count > 0 && Math.Abs(TensorPrimitives.MaxMagnitude(vectors.Values)) > MaxMagnitude ? $"hold a value beyond {MaxMagnitude}" : null;
    }

    private static void Check<T>(IndexedDocument document, EmbeddingIdentity? identity, IReadOnlyList<T>? vectors, string name, Func<T, EmbeddingIdentity, string?> fault)
        where T : class
    {
        string id = document.Document.Id;
        if ((identity is null ? 0 : document.Chunks.Count) != (vectors?.Count ?? 0))
        {
            throw new ArgumentException(
                $"There are {document.Chunks.Count} chunks but {name} for {vectors?.Count ?? 0} of them, where the manifest says {(identity is null ? "that there are none" : "one each")}; document {id} is not stored.",
                nameof(document));
        }

        for (int i = 0; i < (vectors?.Count ?? 0); i++)
        {
            if ((vectors![i] is { } vector ? fault(vector, identity!) : "is missing") is { } found)
            {
                throw new ArgumentException($"The {name} of chunk {document.Chunks[i].Id} {found}; document {id} is not stored.", nameof(document));
            }
        }
    }
}
