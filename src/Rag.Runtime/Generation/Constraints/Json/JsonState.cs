using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>All ways to read the text so far.</summary>
internal sealed class JsonState : ConstraintState
{
    private readonly JsonMachine _machine;
    private readonly JsonFrame[] _frames;
    private readonly int _hash;
    private readonly Dictionary<byte, JsonState?> _next = [];

    public JsonState(JsonMachine machine, JsonFrame[] frames)
    {
        _machine = machine;
        _frames = frames;
        foreach (JsonFrame frame in frames)
        {
            _hash = HashCode.Combine(_hash, frame);
        }
    }

    public override bool CanEnd => Array.Exists(_frames, frame => frame.CanEnd);

    public override ByteLanguage? Leaf => _frames is [LeafFrame leaf] ? leaf.Language : _frames is [NotedFrame noted] ? noted.Language : null;

    public override ConstraintState? Next(byte value)
    {
        if (!_next.TryGetValue(value, out JsonState? next))
        {
            List<JsonFrame> frames = [];
            foreach (JsonFrame frame in _frames)
            {
                frame.Next(value, frames);
            }

            next = _next[value] = _machine.State(frames);
        }

        return next;
    }

    public override IEnumerable<byte[]> RefusedEnds => _frames is [NotedFrame noted] ? noted.RefusedEnds() : [];

    public override bool MayFollowLeaf(byte value) => 
        _frames[0] is LeafFrame ? _frames[0].Parent!.MayFollow(value) : _frames[0].Parent is ObjectFrame ? value == (byte)':' : value is (byte)',' or (byte)']';

    public override ConstraintState? AfterLeaf(ByteLanguage language, ReadOnlySpan<byte> path) =>
        _frames is [LeafFrame leaf] ? _machine.State([LeafFrame.Of(language, leaf.Parent!)]) : Next(path);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is JsonState other && other._hash == _hash && other._frames.AsSpan().SequenceEqual(_frames));

    public override int GetHashCode() => _hash;
}
