using System.Collections.Immutable;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>Within a text that its parent wants to know: a name, or an item that no other may equal.</summary>
internal sealed class NotedFrame(ByteLanguage language, ImmutableStack<byte> text, INotingFrame owner) : JsonFrame(owner.Frame)
{
    public ByteLanguage Language => language;

    public override bool CanEnd => language.Nullable && owner.Noted(Text()) is { CanEnd: true };

    public override void Next(byte value, List<JsonFrame> into)
    {
        if (language.Step(value) is { Kind: not LanguageKind.Empty } next)
        {
            NotedFrame after = new(next, text.Push(value), owner);
            if ((next.Kind == LanguageKind.Epsilon ? owner.Noted(after.Text()) : after) is { } frame)
            {
                into.Add(frame);
            }
        }

        if (language.Nullable)
        {
            owner.Noted(Text())?.Next(value, into);
        }
    }

    /// <summary>What is left of the texts that may not end here.</summary>
    public IEnumerable<byte[]> RefusedEnds()
    {
        byte[] begun = Text();
        return owner.Refused.Where(refused => refused.AsSpan().StartsWith(begun)).Select(refused => refused[begun.Length..]);
    }

    protected override bool IsSame(JsonFrame other) => ((NotedFrame)other).Language == language && ((NotedFrame)other).Text().AsSpan().SequenceEqual(Text());

    protected override int Hash()
    {
        HashCode hash = default;
        hash.Add(language.Id);
        hash.AddBytes(Text());
        hash.Add(Parent);
        return hash.ToHashCode();
    }

    private byte[] Text()
    {
        byte[] bytes = [.. text];
        bytes.AsSpan().Reverse();
        return bytes;
    }
}
