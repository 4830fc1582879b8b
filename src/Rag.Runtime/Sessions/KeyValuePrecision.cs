namespace Rag.Runtime.Sessions;

/// <summary>How a decoder keeps the keys and values of its tokens.</summary>
public enum KeyValuePrecision
{
    /// <summary>In single precision: nothing is lost.</summary>
    Single,

    /// <summary>
    /// In eight bits with a scale for each number of each head, a quarter of the memory. The scales are found when the model is loaded, see
    /// <see cref="RuntimeOptions.KeyValues"/>. On a CPU answers to long prompts come up to twice as fast, and prompts are read slower:
    /// what attention takes of their time grows fourfold. For plain attention alone; other families are refused by name.
    /// </summary>
    Int8,
}
