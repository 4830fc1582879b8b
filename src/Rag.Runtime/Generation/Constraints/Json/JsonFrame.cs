namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>
/// One way to read the text so far: what is open, the innermost first. Immutable; equal frames have the same future. A frame
/// within another is asked first and gives the byte on where its value has ended.
/// </summary>
internal abstract class JsonFrame(JsonFrame? parent)
{
    private int _hash;

    /// <summary>What goes on when this has ended; null at the end of the text.</summary>
    public JsonFrame? Parent => parent;

    /// <summary>Whether the text may end here.</summary>
    public virtual bool CanEnd => false;

    public sealed override int GetHashCode() => _hash != 0 ? _hash : _hash = Hash() | 1;

    public sealed override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (obj is JsonFrame other && other.GetHashCode() == GetHashCode() && other.GetType() == GetType() && IsSame(other) && Equals(other.Parent, parent));

    /// <summary>Whether a byte may come next; true where only trying tells.</summary>
    public virtual bool MayFollow(byte value) => true;

    /// <summary>Adds the frames behind a byte.</summary>
    public abstract void Next(byte value, List<JsonFrame> into);

    /// <summary>Whether a frame of the same kind is the same, its parent aside.</summary>
    protected abstract bool IsSame(JsonFrame other);

    /// <summary>A hash of what <see cref="IsSame"/> compares, and of the parent.</summary>
    protected abstract int Hash();
}
