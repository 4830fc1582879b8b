using System.CommandLine;
using Rag.Index.Filters;

namespace Rag.Cli.Commands;

/// <summary><c>--where</c>: a filter over what documents say of themselves.</summary>
internal static class WhereOption
{
    public static Option<MetadataFilter?> Create() => new("--where")
    {
        HelpName = "FILTER",
        Description = "Search only documents whose metadata fit, such as \"year >= 2020 and tag in ('a', 'b')\".",
        CustomParser = result =>
        {
            try
            {
                return MetadataFilter.Parse(result.Tokens.Count == 0 ? "" : result.Tokens[0].Value);
            }
            catch (FormatException error)
            {
                result.AddError(error.Message);
                return null;
            }
        },
    };
}
