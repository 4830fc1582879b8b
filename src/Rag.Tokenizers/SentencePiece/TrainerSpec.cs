namespace Rag.Tokenizers.SentencePiece;

/// <summary>What counts of a model's TrainerSpec, with that message's defaults.</summary>
internal sealed class TrainerSpec
{
    public int ModelType { get; private set; } = 1;

    public bool SpaceAsSuffix { get; private set; }

    public int BeginId { get; private set; } = 1;

    public int EndId { get; private set; } = 2;

    public string UnknownText { get; private set; } = " \u2047 ";

    public static TrainerSpec Read(ProtobufReader reader)
    {
        var spec = new TrainerSpec();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    spec.ModelType = reader.Int();
                    break;
                case 24:
                    spec.SpaceAsSuffix = reader.Bool();
                    break;
                case 41:
                    spec.BeginId = reader.Int();
                    break;
                case 42:
                    spec.EndId = reader.Int();
                    break;
                case 44:
                    spec.UnknownText = reader.Text();
                    break;
            }
        }

        return spec;
    }
}
