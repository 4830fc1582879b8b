using System.Globalization;
using System.Net;

namespace Rag.Models.Hub;

/// <summary>What an answer that is no success means, in a sentence. Tokens and signed queries are never in it.</summary>
internal static class HubErrors
{
    public static string Describe(HttpResponseMessage response) =>
        string.Create(CultureInfo.InvariantCulture, $"the hub answered {(int)response.StatusCode} {response.StatusCode}");

    /// <summary>Returns where another attempt may succeed; throws otherwise.</summary>
    public static void ThrowUnlessTransient(HttpResponseMessage response, Uri address, ModelHubOptions options, string what)
    {
        int status = (int)response.StatusCode;
        if (status is 408 or 425 or 429 or >= 500)
        {
            return;
        }

        string shown = HubClient.Shown(address);
        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new UnavailableException(
                $"{what} is not open to everybody, or does not exist: {Describe(response)} at {shown}; "
                + (options.Token is null
                    ? "accept the model's terms on its page and set HF_TOKEN, or correct the name."
                    : "the token in HF_TOKEN does not open it."),
                shown),
            HttpStatusCode.NotFound => new UnavailableException($"{what} does not exist at {shown}; correct the name or the revision.", shown),
            _ => new UnavailableException($"{what} could not be fetched: {Describe(response)} at {shown}.", shown),
        };
    }
}
