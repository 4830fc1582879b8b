using System.Text.RegularExpressions;
using Rag.Models.Configuration;

namespace Rag.Models.Adapters;

/// <summary>
/// Numbers by patterns of module names: the first pattern that a name ends with decides (peft/utils/other.py, get_pattern_key).
/// Patterns are regular expressions; they run in time linear in the name.
/// </summary>
internal sealed class ModulePatterns
{
    private const int MostPatterns = 4096;
    private readonly List<(Regex Pattern, double Value)> _patterns = [];

    /// <exception cref="CorruptException">A value is not a number above 0, or a pattern is none.</exception>
    /// <exception cref="UnsupportedException">A pattern looks around or back.</exception>
    public ModulePatterns(ModelConfiguration? section)
    {
        if (section is null)
        {
            return;
        }

        foreach (string key in section.Root.EnumerateObject().Select(property => property.Name))
        {
            if (_patterns.Count == MostPatterns)
            {
                throw new LimitExceededException(nameof(MostPatterns), MostPatterns, section.Root.GetPropertyCount(), section.Path);
            }

            double value = section.RequireDouble(key);
            _patterns.Add((Compile(key, section), value > 0 ? value : throw section.Wrong(key, "a number above 0")));
        }
    }

    public double? Find(string module)
    {
        foreach ((Regex pattern, double value) in _patterns)
        {
            if (pattern.IsMatch(module))
            {
                return value;
            }
        }

        return null;
    }

    private static Regex Compile(string pattern, ModelConfiguration section)
    {
        try
        {
            return new Regex($@"^(?:|.*\.)(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException e)
        {
            throw new UnsupportedException($"{section.Path}: the pattern '{pattern}' is not supported: {e.Message}", section.Path, e);
        }
        catch (ArgumentException e)
        {
            throw new CorruptException($"{section.Path}: '{pattern}' is not a pattern: {e.Message}", section.Path, innerException: e);
        }
    }
}
