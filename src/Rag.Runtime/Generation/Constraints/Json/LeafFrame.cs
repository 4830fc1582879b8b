using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>Within a literal, a number or a string.</summary>
internal sealed class LeafFrame(ByteLanguage language, JsonFrame parent) : JsonFrame(parent)
{
    public ByteLanguage Language => language;

    public override bool CanEnd => language.Nullable && Parent!.CanEnd;

    /// <summary>The frame at a language; the parent where nothing of it is left.</summary>
    public static JsonFrame Of(ByteLanguage language, JsonFrame parent) => language.Kind == LanguageKind.Epsilon ? parent : new LeafFrame(language, parent);

    public override void Next(byte value, List<JsonFrame> into)
    {
        if (language.Step(value) is { Kind: not LanguageKind.Empty } next)
        {
            into.Add(Of(next, Parent!));
        }

        if (language.Nullable)
        {
            Parent!.Next(value, into);
        }
    }

    protected override bool IsSame(JsonFrame other) => ((LeafFrame)other).Language == language;

    protected override int Hash() => HashCode.Combine(language.Id, Parent);
}
