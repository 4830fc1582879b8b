namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>Behind the whole value: nothing may follow.</summary>
internal sealed class EndFrame() : JsonFrame(null)
{
    public override bool CanEnd => true;

    public override bool MayFollow(byte value) => false;

    public override void Next(byte value, List<JsonFrame> into)
    {
    }

    protected override bool IsSame(JsonFrame other) => true;

    protected override int Hash() => 1;
}
