using Rag.Tokenizers.Models;
using Rag.Tokenizers.PostProcessing;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the post-processor of a tokenizer.json.</summary>
internal static class PostProcessorReader
{
    public static PostProcessor Read(JsonComponent component)
    {
        switch (component.Type)
        {
            case "BertProcessing":
                return PostProcessor.Bert(Token(component.Child("cls")), Token(component.Child("sep")));
            case "RobertaProcessing":
                return PostProcessor.Roberta(
                    Token(component.Child("cls")),
                    Token(component.Child("sep")),
                    component.Bool("trim_offsets", true) ? new OffsetTrimming(component.Bool("add_prefix_space", true)) : null);
            case "ByteLevel":
                return PostProcessor.None with
                {
                    Trimming = component.Bool("trim_offsets", true) ? new OffsetTrimming(component.Bool("add_prefix_space", true)) : null,
                };
            case "TemplateProcessing":
                return new PostProcessor(Template(component, "single"), Template(component, "pair"), null);
            case "Sequence":
                return component.Child("processors").Items().Aggregate(PostProcessor.None, (inner, item) => Combine(inner, Read(item), item));
            default:
                throw component.Unsupported($"a post-processor of type '{component.Type}'");
        }
    }

    /// <summary>One processor after another: the outer one's place for the text takes all that the inner one made.</summary>
    private static PostProcessor Combine(PostProcessor inner, PostProcessor outer, JsonComponent component)
    {
        if (inner.Trimming is not null && outer.Trimming is not null)
        {
            throw component.Unsupported("a second processor that trims offsets");
        }

        bool plain = inner.AddedToSingle == 0;
        if (!plain && outer.AddedToSingle > 0)
        {
            throw component.Unsupported("a second processor that adds tokens");
        }

        PostProcessor adding = plain ? outer : inner;
        return adding with { Trimming = inner.Trimming ?? outer.Trimming };
    }

    private static (string Token, int Id) Token(JsonComponent component)
    {
        JsonComponent[] items = [.. component.Items()];
        return items.Length == 2 ? (items[0].AsString(), items[1].AsInt(0, Vocabulary.MaxId)) : throw component.Corrupt("must be a token and its id");
    }

    private static List<SpecialToken> Template(JsonComponent component, string name)
    {
        List<SpecialToken> template = [];
        foreach (JsonComponent piece in component.Child(name).Items())
        {
            if (piece.ChildOrNull("Sequence") is { } sequence)
            {
                template.Add(PostProcessor.Text(sequence.Int("type_id"), second: sequence.String("id") == "B"));
                continue;
            }

            JsonComponent special = piece.ChildOrNull("SpecialToken") ?? throw piece.Corrupt("is neither a 'Sequence' nor a 'SpecialToken'");
            JsonComponent definition = component.Child("special_tokens").Child(special.String("id"));
            JsonComponent[] ids = [.. definition.Child("ids").Items()];
            JsonComponent[] tokens = [.. definition.Child("tokens").Items()];
            if (ids.Length != tokens.Length)
            {
                throw definition.Corrupt("has not as many tokens as ids");
            }

            for (int i = 0; i < ids.Length; i++)
            {
                template.Add(new SpecialToken(ids[i].AsInt(0, Vocabulary.MaxId), tokens[i].AsString(), special.Int("type_id")));
            }
        }

        return template.Count(piece => piece.IsText) == (name == "single" ? 1 : 2) ? template : throw component.Corrupt($"must place each text once in '{name}'");
    }
}
