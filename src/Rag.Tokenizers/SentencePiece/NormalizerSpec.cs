namespace Rag.Tokenizers.SentencePiece;

/// <summary>A model's NormalizerSpec, with that message's defaults.</summary>
internal sealed class NormalizerSpec
{
    public ReadOnlyMemory<byte> Rules { get; private set; }

    public bool AddSpacePrefix { get; private set; } = true;

    public bool RemoveExtraSpaces { get; private set; } = true;

    public bool EscapeSpaces { get; private set; } = true;

    public static NormalizerSpec Read(ProtobufReader reader)
    {
        var spec = new NormalizerSpec();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    spec.Rules = reader.Bytes().ToArray();
                    break;
                case 3:
                    spec.AddSpacePrefix = reader.Bool();
                    break;
                case 4:
                    spec.RemoveExtraSpaces = reader.Bool();
                    break;
                case 5:
                    spec.EscapeSpaces = reader.Bool();
                    break;
            }
        }

        return spec;
    }
}
