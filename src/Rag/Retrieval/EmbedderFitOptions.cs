namespace Rag.Retrieval;

/// <summary>How much <see cref="EmbedderFit"/> looks at. Read once, when it measures.</summary>
public sealed class EmbedderFitOptions
{
    /// <summary>Passages of the sample.</summary>
    /// <value>The default value is 400.</value>
    public int Passages { get; set; } = 400;

    /// <summary>Passages looked for, at most a quarter of the sample; each costs two embeddings.</summary>
    /// <value>The default value is 60.</value>
    public int Queries { get; set; } = 60;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Passages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Queries, 1);
    }
}
