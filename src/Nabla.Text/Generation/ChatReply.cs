using System.Runtime.CompilerServices;

namespace Nabla.Text;

/// <summary>One answer of a <see cref="LanguageModelChatClient"/>, with what is known when it is over.</summary>
internal sealed class ChatReply(TextGenerator generator, IReadOnlyList<int> prompt, GenerationOptions options, IReadOnlyList<string> stopSequences)
{
    private readonly StopText stop = new(stopSequences);

    /// <summary>The tokens that were made.</summary>
    public int Made { get; private set; }

    /// <summary>Whether a stop sequence has ended it.</summary>
    public bool HasStopped => stop.HasStopped;

    public async IAsyncEnumerable<string> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string piece in generator.StreamAsync(prompt, options, _ => Made++, cancellationToken).ConfigureAwait(false))
        {
            if (stop.Add(piece) is { Length: > 0 } ready)
            {
                yield return ready;
            }

            if (stop.HasStopped)
            {
                yield break;
            }
        }

        if (stop.Finish() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }
}
