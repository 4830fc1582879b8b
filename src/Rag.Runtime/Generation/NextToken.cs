namespace Rag.Runtime.Generation;

/// <summary>What <see cref="TokenGenerator.Prepare"/> found.</summary>
internal enum NextToken
{
    /// <summary>The output has ended.</summary>
    None,

    /// <summary>A token was chosen without a step, since it alone was possible.</summary>
    Chosen,

    /// <summary>The waiting tokens must run first.</summary>
    NeedsLogits,
}
