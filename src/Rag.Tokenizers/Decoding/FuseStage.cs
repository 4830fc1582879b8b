namespace Rag.Tokenizers.Decoding;

/// <summary>All tokens become one.</summary>
internal sealed class FuseStage : DecoderStage
{
    public override void Token(string text) => Next.Chunk(text);

    public override void Chunk(string text) => Next.Chunk(text);
}
