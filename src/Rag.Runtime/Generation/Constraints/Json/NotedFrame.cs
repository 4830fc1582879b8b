using System.Collections.Immutable;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>Within a text that its parent wants to know: a name, or an item that no other may equal.</summary>
internal sealed class NotedFrame(ByteLanguage language, ImmutableStack<byte> text, INotingFrame owner) : JsonFrame(owner.Frame)
{
    public ByteLanguage Language => language;

    public override bool CanEnd => language.Nullable && owner.Noted(Text()).CanEnd;

    public override void Next(byte value, List<JsonFrame> into)
    {
        if (language.Step(value) is { Kind: not LanguageKind.Empty } next)
        {
            NotedFrame after = new(next, text.Push(value), owner);
            into.Add(next.Kind == LanguageKind.Epsilon ? owner.Noted(after.Text()) : after);
        }

        if (language.Nullable)
        {
            owner.Noted(Text()).Next(value, into);
        }
    }

    public override bool Equals(object? obj) => ReferenceEquals(this, obj)
        || (obj is NotedFrame other && other.Language == language && other.Parent!.Equals(Parent) && other.Text().AsSpan().SequenceEqual(Text()));

    public override int GetHashCode() => HashCode.Combine(language.Id, text.IsEmpty ? -1 : text.Peek(), Parent);

    private byte[] Text()
    {
        byte[] bytes = [.. text];
        bytes.AsSpan().Reverse();
        return bytes;
    }
}
