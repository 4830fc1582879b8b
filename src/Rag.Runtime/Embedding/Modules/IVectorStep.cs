namespace Rag.Runtime.Embedding.Modules;

/// <summary>One step from a pooled vector to the sentence's. Immutable.</summary>
internal interface IVectorStep
{
    /// <summary>Length of what it gives.</summary>
    int Outputs { get; }

    /// <summary>The files that hold its numbers.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Its name in an index, such as "dense 48 tanh".</summary>
    string Name { get; }

    /// <summary>Computes the step; both spans may be the same where its lengths are.</summary>
    void Apply(ReadOnlySpan<float> vector, Span<float> result);
}
