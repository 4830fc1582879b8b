using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>The variable "loop" inside a for.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    public int Index { get; set; }

    public object? Get(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        _ => new Undefined($"'loop' has no attribute '{name}'"),
    };
}
