using System.Security.Cryptography;

namespace Nabla.Fuzz;

/// <summary>The key that the seed of signatures is signed with.</summary>
internal static class ReferenceKey
{
    // Of the tests of model_signing, the reference program (sigstore/model-transparency, Apache-2.0), as is the seed.
    private const string Pem = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEsu6rZGBTjxtvRWPMixT+3HyndV0J0Ybt
        aHZUcO4DEK+OJHO/4e32bb/fbJKSpRgcBsIpKLcVijUomyFOERbd7u+BTPSUjGZD
        Qq6J7lTvp/EAXQGOKxW9RP0MGX3qAkvi
        -----END PUBLIC KEY-----
        """;

    /// <summary>Its public half.</summary>
    public static ECDsa Public { get; } = Read();

    private static ECDsa Read()
    {
        ECDsa key = ECDsa.Create();
        key.ImportFromPem(Pem);
        return key;
    }
}
