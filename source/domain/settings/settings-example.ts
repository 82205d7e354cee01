/** What `cistern setup --example` prints: every key, with what it is for. */
export const settingsExample = `# Settings of Cistern, which keeps what is in your Bitbucket.
# It is the format of SCM Backup: a settings.yml of theirs works here as it is.
# %NAME% in a value stands for the environment variable NAME.

# Where everything is saved, a folder for each source in it.
# A relative path starts at this file, ~ is your home folder.
localFolder: ~/bitbucket-backup

# How many git transfers run at once, 1 to 64. Without it, Cistern chooses.
# concurrency: 8

sources:
  # Names this source's folder. Each source needs a title of its own.
  - title: acme
    hoster: bitbucket

    # user: the workspace id equals your user name. org: any other workspace.
    type: org

    # The workspace id, the part of the address behind bitbucket.org/
    name: acme

    # Your Bitbucket user name, for git (bitbucket.org/account/settings), and the
    # e-mail address of your Atlassian account, for the API.
    authName: ann
    apiAuthName: ann@example.com

    # An API token with scopes, from id.atlassian.com/manage-profile/security/api-tokens
    # (app Bitbucket; read:repository:bitbucket is needed, read:workspace:bitbucket and
    # read:user:bitbucket let "cistern check" say more). A workspace's access token needs
    # neither authName nor apiAuthName. Without any token only public repositories are saved.
    password: '%BITBUCKET_TOKEN%'

    # Or a command that prints the token, in place of password:
    # passwordCommand: secret-tool lookup service cistern account acme
    # passwordCommand: security find-generic-password -s cistern -a acme -w
    # passwordCommand: op read op://Private/Bitbucket/token
    # passwordCommand: pass show bitbucket/acme

    # The day on which the token expires: you are told from 30 days before.
    # tokenExpires: 2027-03-01

    # Names, or globs with * and ?. Ignoring wins over including.
    # includeRepos: [api, web-*]
    # ignoreRepos: [playground-*]

    # Says nothing about repositories with Git LFS, whose LFS files are not saved.
    # lfs: ignore

    # For a proxy in front of Bitbucket's API.
    # apiUrl: https://api.bitbucket.org/2.0

options:
  backup:
    # What is gone from Bitbucket stays in the backup. With true it is moved to the trash
    # after three complete listings without it, over at least seven days, and removed for
    # good 30 days later.
    removeDeletedRepos: false
`;
