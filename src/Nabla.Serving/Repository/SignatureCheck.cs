using System.Security.Cryptography;
using Nabla.Formats;

namespace Nabla.Serving.Repository;

/// <summary>Sees that what is loaded was signed, where the server has keys to verify with.</summary>
internal sealed class SignatureCheck(ServingOptions options)
{
    /// <summary>Whether it looks.</summary>
    public bool IsAsked => options.VerificationKeys.Count > 0;

    /// <summary>Sees that one of the keys has signed a model, and that nothing was changed since.</summary>
    /// <exception cref="InvalidFileException">It is not so; the message names the file.</exception>
    public void Require(string path)
    {
        if (!IsAsked)
        {
            return;
        }

        ECDsa[] keys = [.. options.VerificationKeys.Select(SigningKeys.ReadPublic)];
        try
        {
            ModelSigning.Verify(path, keys);
        }
        finally
        {
            Array.ForEach(keys, key => key.Dispose());
        }
    }
}
