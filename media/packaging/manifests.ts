import type {Release} from './release.ts';

/** An archive on the npm registry, and its SHA-256. */
type Published = {readonly url: string; readonly sha256: string};

/** For Homebrew. Its Node and npm install the archive, which needs nothing else from the registry. */
export const writeFormula = ({description}: Release, {url, sha256}: Published): string =>
	`class Cistern < Formula
  desc "${description}"
  homepage "https://www.npmjs.com/package/cistern"
  url "${url}"
  sha256 "${sha256}"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    man1.install_symlink libexec.glob("share/man/man1/*")
    generate_completions_from_executable(bin/"cistern", "complete")
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/cistern --version").strip
  end
end
`;

/** For scoop on Windows, with the Node of its bucket. */
export const writeScoopManifest = (
	{version, description}: Release,
	{url, sha256}: Published,
): string =>
	`${JSON.stringify(
		{
			version,
			description,
			homepage: 'https://www.npmjs.com/package/cistern',
			license: 'MIT',
			depends: ['nodejs-lts', 'git'],
			url,
			hash: sha256,
			extract_dir: 'package',
			pre_install:
				'Set-Content -Encoding ascii "$dir\\cistern.cmd" \'@node "%~dp0dist\\cli.js" %*\'',
			bin: 'cistern.cmd',
		},
		null,
		'    ',
	)}\n`;
